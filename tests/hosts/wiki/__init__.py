"""Pages from files, without a row in any table, behind one address for all; what a page is shows when it is done."""
