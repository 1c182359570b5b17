"""The pages: the mobile client and the docs, built by Vite and served from memory."""
