"""The documents of a filing and the dossier assembled from them."""
