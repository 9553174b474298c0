/* column_fields.c - a field of the filter as a column: its values, joined by commas. */
#include "base/limits.h"
#include "column_cells.h"

static size_t
add_values(struct buf *out, const struct field *f, const struct unit *u, size_t limit, struct value *first_r)
{
	struct place at = { .unit = u };
	struct buf room;
	size_t values = 0;

	buf_init(&room, LIMIT_HEADER);
	at.room = &room;
	for (size_t i = 0, n = scope_count(f->scope, u); i < n && values < limit; i++) {
		struct value v = { 0 };

		at.element = scope_element(f->scope, u, i);
		for (size_t k = 0; values < limit && f->get(f, &at, k, &v); k++) {
			if (value_is_absent(f, &v))
				continue;
			if (values++ == 0 && first_r != NULL)
				*first_r = v;
			else if (out != NULL && values > 1)
				buf_text(out, ", ");
			if (out != NULL)
				value_add_text(out, f, &v, 3);
		}
	}
	buf_fini(&room);
	return values;
}

enum { FIELD_VALUES = LIMIT_CELL_VALUES };		/* shown in a cell */

void
show_field(column *c, entry *e, style *s, struct buf *out)
{
	(void)s;
	add_values(out, c->field, &e->unit, FIELD_VALUES, NULL);
}

bool
rank_field(column *c, entry *e, int64_t *n)
{
	enum field_type type = c->field->type;
	struct value v;

	if (type == FIELD_TEXT || type == FIELD_HEX || type == FIELD_ADDRESS)
		return false;
	if (add_values(NULL, c->field, &e->unit, 1, &v) == 0)
		*n = INT64_MIN;
	else
		*n = v.number;
	return true;
}

