"""The monthly review (Article 21): its figures, its sentences, its life, its papers, its page."""
