"""Do these draws agree? Runs, settings and references compared within Monte Carlo error."""
