#include "openmetrics.h"

#include <string.h>

#include "base/utf8.h"

/* ABNF escaped-string: a backslash before \ and ", \n for the end of a line; and it is UTF-8, whatever it was. */
static void
put_escaped(struct buf *b, const char *text)
{
	slice rest = slice_of(text);

	while (rest.n > 0) {
		uint32_t character;
		uint8_t bytes[4];
		size_t n = utf8_take(rest, &character);

		if (character == '\n')
			buf_add(b, S("\\n"));
		else if (character == '\\' || character == '"')
			buf_printf(b, "\\%c", (int)character);
		else
			buf_add(b, (slice){ bytes, utf8_put(character, bytes) });
		rest = slice_drop(rest, n);
	}
}

static void
put_label(struct openmetrics *m, const char *name, const char *value, const char *before)
{
	buf_printf(m->out, "%s%s=\"", before, name);
	put_escaped(m->out, value);
	buf_add_byte(m->out, '"');
}

static void
put_name(struct openmetrics *m, const char *suffix, const struct openmetrics_label *label)
{
	const char *before = "{";

	buf_printf(m->out, "%s%s", m->family, suffix);
	if (m->sensor != NULL) {
		put_label(m, "sensor", m->sensor, before);
		before = ",";
	}
	for (; label != NULL && label->value != NULL; label++, before = ",")
		put_label(m, label->name, label->value, before);
	buf_add(m->out, *before == ',' ? S("} ") : S(" "));
}

void
openmetrics_family(struct openmetrics *m, const char *name, const char *type, const char *unit, const char *help)
{
	m->family = name;
	buf_printf(m->out, "# TYPE %s %s\n", name, type);
	if (unit != NULL)
		buf_printf(m->out, "# UNIT %s %s\n", name, unit);
	buf_printf(m->out, "# HELP %s ", name);
	put_escaped(m->out, help);
	buf_add_byte(m->out, '\n');
}

void
openmetrics_number(struct openmetrics *m, const char *suffix, const struct openmetrics_label *label, uint64_t value)
{
	put_name(m, suffix, label);
	buf_printf(m->out, "%llu\n", (unsigned long long)value);
}

void
openmetrics_seconds(struct openmetrics *m, const char *suffix, const struct openmetrics_label *label, nstime value)
{
	char text[NSTIME_TEXT];

	put_name(m, suffix, label);
	buf_printf(m->out, "%s\n", nstime_seconds(value, 9, text));
}

void
openmetrics_end(struct openmetrics *m)
{
	buf_add(m->out, S("# EOF\n"));
}
