"""The ground of the ground: tenancy, access, states, errors, expressions. No domain word."""
