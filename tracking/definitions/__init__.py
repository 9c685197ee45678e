"""What every figure means, once, for pages, CSV files, API, SQL views and findings."""
