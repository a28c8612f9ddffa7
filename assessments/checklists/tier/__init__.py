"""The assessment tier: computed from facts, raised by people with a reason, never lowered below what the facts say."""
