"""How fast and how small the app is, measured beside the engine driven bare, in one run."""
