"""An API for a separate front end: viewsets without names, tokens, work handed in by groups, one permission for all."""
