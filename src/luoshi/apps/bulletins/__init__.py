"""Official documents drawn from frozen figures: every number can be traced and produced again."""
