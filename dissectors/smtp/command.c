#include "command.h"

#include <string.h>

#include "base/chars.h"
#include "path.h"

static size_t
word_length(slice s)
{
	size_t n = 0;

	while (n < s.n && !char_is_blank(s.p[n]))
		n++;
	return n;
}

/* Takes the next word off the front. */
static slice
next_word(slice *rest)
{
	slice word, s = slice_trim(*rest);

	word = slice_take(s, word_length(s));
	*rest = slice_drop(s, word.n);
	return word;
}

/* Verbs are words; "AUTH*" and "." are ours, and no line may pretend to be them. */
static bool
is_verb(slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_alnum(word.p[i]) && word.p[i] != '-' && word.p[i] != '_')
			return false;
	return word.n > 0;
}

static slice
upper_name(struct command *c, slice word)
{
	word = slice_take(word, sizeof c->room);
	for (size_t i = 0; i < word.n; i++)
		c->room[i] = (char)char_upper(word.p[i]);
	return (slice){ (const uint8_t *)c->room, word.n };
}

static void
parse_parameters(struct command *c, slice rest)
{
	slice word;

	while ((word = next_word(&rest)).n > 0) {
		struct pair pair = { word, SLICE_NONE };

		if (c->nparameter == LIMIT_PARAMETERS) {
			c->cut = true;
			return;
		}
		if (!slice_cut(word, '=', &pair.name, &pair.value))
			pair.value = SLICE_NONE;
		c->parameter[c->nparameter++] = pair;
	}
}

/* "FROM:" or "TO:", with blanks where senders put them; the colon may be forgotten. */
static bool
skip_keyword(slice args, slice keyword, slice *rest_r)
{
	if (!slice_istarts(args, keyword))
		return false;
	args = slice_trim(slice_drop(args, keyword.n));
	if (args.n > 0 && args.p[0] == ':')
		args = slice_drop(args, 1);
	*rest_r = args;
	return true;
}

static void
parse_path(struct command *c, slice keyword)
{
	struct path path;
	slice rest;

	if (!skip_keyword(c->args, keyword, &rest) || !path_parse(rest, &path))
		return;
	c->has_path = true;
	c->path = path.sent;
	c->address = path.address;
	parse_parameters(c, path.rest);
}

void
command_parse(slice line, struct command *c)
{
	slice rest = line;
	slice word = next_word(&rest);
	size_t colon;

	c->line = line;
	c->nparameter = 0;
	c->has_path = c->cut = false;
	c->path = c->address = SLICE_NONE;
	c->args = slice_trim(rest);
	c->verb = verb_find(word);
	if (c->verb != &verb_unknown)
		c->name = c->verb->name;
	else if (slice_find(word, ':', &colon) || !is_verb(word))
		c->name = SLICE_NONE;
	else
		c->name = upper_name(c, word);

	switch (c->verb->id) {
	case VERB_MAIL:
	case VERB_SEND:
	case VERB_SOML:
	case VERB_SAML:
		parse_path(c, S("FROM"));
		break;
	case VERB_RCPT:
		parse_path(c, S("TO"));
		break;
	case VERB_XCLIENT:
	case VERB_XFORWARD:
		parse_parameters(c, c->args);
		break;
	default:
		break;
	}
}

bool
command_parameter(const struct command *c, slice name, slice *value_r)
{
	for (size_t i = 0; i < c->nparameter; i++)
		if (slice_ieq(c->parameter[i].name, name)) {
			*value_r = c->parameter[i].value;
			return true;
		}
	return false;
}

struct chunk
chunk_parse(slice args)
{
	struct chunk chunk = { 0 };
	slice size = next_word(&args), word = next_word(&args);

	/* A size that would wrap the stream's own counter cannot be skipped by counting. */
	chunk.sized = slice_number(size, &chunk.size) && chunk.size <= INT64_MAX;
	chunk.last = slice_ieq(word, S("LAST"));
	chunk.sane = chunk.sized && (word.n == 0 || chunk.last) && slice_trim(args).n == 0;
	return chunk;
}
