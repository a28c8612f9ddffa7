"""Care of the rules: what is due for legal review, and the regimes an organisation adds itself."""
