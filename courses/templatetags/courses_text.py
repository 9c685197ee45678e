"""``{{ text|markdown }}`` and ``{{ text|markdown_line }}``: authors' Markdown as safe HTML."""

from django import template

from courses import markdown

register = template.Library()

register.filter("markdown", markdown.render)
register.filter("markdown_line", markdown.render_line)
