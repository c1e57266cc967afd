// The public names of @millrace/dashboard, listed one by one.
