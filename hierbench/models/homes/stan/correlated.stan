// Correlated effects in factored form, alpha and then beta given alpha: correlated.py.
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
  real<lower=0, upper=1> rho_unit;
  vector[groups] alpha;
  vector[groups] beta;
  real<lower=0> sigma;
}
transformed parameters {
  real rho = 2 * rho_unit - 1;
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
  target += beta_lpdf(rho_unit | 2, 2);
  target += normal_lpdf(alpha | mu_alpha, sigma_alpha);
  target += normal_lpdf(beta | mu_beta + rho * sigma_beta / sigma_alpha * (alpha - mu_alpha),
                        sigma_beta * sqrt(1 - square(rho)));
  target += normal_lpdf(y | alpha[group] + beta[group] .* x, sigma);
}
