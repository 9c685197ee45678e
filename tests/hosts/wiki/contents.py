"""What there is to read: an address of slugs, however many, to a title."""

PAGES = {
    "garden": "The garden",
    "garden/soil": "Soil",
    "garden/soil/worms": "Worms",
    "garden/seeds": "Seeds",
    "kitchen": "The kitchen",
}
MOVED = {"garden/earth": "garden/soil"}
