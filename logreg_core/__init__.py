"""Binary logistic regression by Newton-Raphson/IRLS on numba kernels."""
