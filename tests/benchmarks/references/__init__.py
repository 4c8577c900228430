"""Reference posteriors without MCMC: effects integrated out, importance sampling of the rest."""
