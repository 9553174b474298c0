#include "tree.h"

#include "base/utf8.h"

void
tree_name_add(struct tree_name *name, uint8_t c)
{
	name->hash = (name->hash ^ c) * UINT32_C(0x01000193);		/* FNV-1a: two names with one hash harm nobody */
	if (name->n < LIMIT_TREE_NAME)
		name->text[name->n++] = c;
}

bool
tree_name_is(const struct tree_name *name, slice word)
{
	return slice_eq((slice){ name->text, name->n }, word);
}

void
tree_push(struct tree_stream *s, const struct tree_name *name, bool list)
{
	if (s->depth == LIMIT_TREE_DEPTH) {
		s->broken = true;
		return;
	}
	s->open[s->depth].name = *name;
	s->open[s->depth].list = list;
	s->depth++;
}

void
tree_text(struct tree_stream *s, slice text)
{
	if (text.n > 0)
		s->user.text(s->user.self, text);
}

void
tree_text_character(struct tree_stream *s, uint32_t character)
{
	uint8_t bytes[4];
	size_t n = utf8_put(character, bytes);

	tree_text(s, (slice){ bytes, n });
}
