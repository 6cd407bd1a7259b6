"""bitcl beside other programs that run the same networks on the same cores."""
