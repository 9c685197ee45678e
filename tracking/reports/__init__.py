"""What pages, API, CSV files and exports show, as frozen values."""
