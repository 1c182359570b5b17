"""What an uploaded film is, found out without trusting it. No routes: a room of tools.

`inspect` looks at a file and says what is in it, or why not. `sandbox` runs ffmpeg, here and for
everybody else, where it may open nothing and talk to nobody.
"""
