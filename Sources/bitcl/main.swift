print("bitcl")
