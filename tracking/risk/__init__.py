"""The risk of not finishing: features, score, training and assessment."""
