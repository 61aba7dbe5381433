"""督查考核: the score, the monthly review, circulars (Articles 21–23)."""
