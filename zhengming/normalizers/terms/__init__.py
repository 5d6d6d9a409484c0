"""Terms: the cell parser, qualifiers, the candidate index, the confusable guard, and the matcher that joins them."""
