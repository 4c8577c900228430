// Independent effects as standard Normal offsets: noncentered.py.
data {
  int<lower=1> rows;
  int<lower=1> groups;
  int<lower=0, upper=1> halfnormal;
  vector[rows] x;
  vector[rows] y;
  array[rows] int<lower=0, upper=groups - 1> group_index;
  vector<lower=0>[5] scales;
}
transformed data {
  real scale_mu_alpha = scales[1];
  real scale_mu_beta = scales[2];
  real scale_sigma_alpha = scales[3];
  real scale_sigma_beta = scales[4];
  real scale_sigma = scales[5];
  array[rows] int<lower=1, upper=groups> group;
  for (i in 1:rows) {
    group[i] = group_index[i] + 1;
  }
}
parameters {
  real mu_alpha;
  real mu_beta;
  real<lower=0> sigma_alpha;
  real<lower=0> sigma_beta;
  vector[groups] alpha_offset;
  vector[groups] beta_offset;
  real<lower=0> sigma;
}
transformed parameters {
  vector[groups] alpha = mu_alpha + sigma_alpha * alpha_offset;
  vector[groups] beta = mu_beta + sigma_beta * beta_offset;
}
model {
  target += normal_lpdf(mu_alpha | 0, scale_mu_alpha);
  target += normal_lpdf(mu_beta | 0, scale_mu_beta);
  if (halfnormal) {
    target += normal_lpdf(sigma_alpha | 0, scale_sigma_alpha) + log2();
    target += normal_lpdf(sigma_beta | 0, scale_sigma_beta) + log2();
    target += normal_lpdf(sigma | 0, scale_sigma) + log2();
  } else {
    target += exponential_lpdf(sigma_alpha | inv(scale_sigma_alpha));
    target += exponential_lpdf(sigma_beta | inv(scale_sigma_beta));
    target += exponential_lpdf(sigma | inv(scale_sigma));
  }
  target += std_normal_lpdf(alpha_offset);
  target += std_normal_lpdf(beta_offset);
  target += normal_lpdf(y | alpha[group] + beta[group] .* x, sigma);
}
