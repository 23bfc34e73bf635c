"""What `scipy.sparse` cannot do with Variables by itself. Its products can: ``A @ x``."""
