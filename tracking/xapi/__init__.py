"""The learning record store and everything that speaks xAPI or Caliper, as an optional app."""
