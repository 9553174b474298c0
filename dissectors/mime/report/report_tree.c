#include "report_tree.h"

#include "base/limits.h"

enum { NOT_LISTED = UINT8_MAX };

static uint8_t
find_node(const struct report *r, slice name)
{
	unsigned parent = r->depth > 0 ? r->at[r->depth - 1] : REPORT_TOP;

	for (size_t i = REPORT_TOP + 1; i < r->form->n; i++)
		if (r->form->nodes[i].parent == parent && slice_eq(r->form->nodes[i].element, name))
			return (uint8_t)i;
	return NOT_LISTED;
}

static bool
has_text(const struct report *r)
{
	unsigned node = r->depth > 0 ? r->at[r->depth - 1] : NOT_LISTED;
	enum report_kind kind;

	if (node == NOT_LISTED)
		return false;
	kind = r->form->nodes[node].kind;
	return kind == REPORT_FACT || kind == REPORT_TIME || kind == REPORT_ITEM;
}

static void
on_begin(void *self, slice name)
{
	struct report *r = self;
	uint8_t node = find_node(r, name);

	if (has_text(r))
		buf_clear(&r->text);		/* what stands before an element inside is no value */
	r->at[r->depth++] = node;
	if (node == NOT_LISTED)
		return;
	if (r->form->nodes[node].kind == REPORT_GROUP)
		r->group = ++r->groups;
	if (r->form->nodes[node].kind == REPORT_LIST)
		buf_clear(&r->list);
	buf_clear(&r->text);
}

static void
on_text(void *self, slice text)
{
	struct report *r = self;

	if (has_text(r))
		buf_add(&r->text, text);
}

static void
tell_time(struct report *r, slice name, slice value)
{
	uint64_t seconds;

	if (slice_number(value, &seconds) && seconds < (uint64_t)(INT64_MAX / NSTIME_S))
		facts_time(&r->facts, r->group, name, (nstime)seconds * NSTIME_S);
	else
		facts_tell(&r->facts, r->group, name, value);
}

static void
add_item(struct report *r, slice name, slice value)
{
	if (value.n == 0)
		return;
	if (r->list.n > 0)
		buf_add_byte(&r->list, ' ');
	buf_add(&r->list, name);
	buf_add_byte(&r->list, '=');
	buf_add(&r->list, value);
}

static void
tell_node(struct report *r, unsigned node, slice value)
{
	const struct report_node *n = &r->form->nodes[node];
	slice name = n->name.n > 0 ? n->name : n->element;

	switch (n->kind) {
	case REPORT_FACT:
		facts_tell(&r->facts, r->group, name, value);
		break;
	case REPORT_TIME:
		tell_time(r, name, value);
		break;
	case REPORT_ITEM:
		add_item(r, name, value);
		return;
	case REPORT_LIST:
		facts_tell(&r->facts, r->group, name, buf_slice(&r->list));
		r->facts.truncated |= r->list.full;
		return;
	case REPORT_GROUP:
		r->group = 0;
		return;
	case REPORT_IN:
		return;
	}
	r->facts.truncated |= r->text.full;
}

static slice
without_blanks(slice s)
{
	while (s.n > 0 && s.p[0] <= ' ')
		s = slice_drop(s, 1);
	while (s.n > 0 && s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

static void
on_end(void *self)
{
	struct report *r = self;
	slice value = without_blanks(buf_slice(&r->text));
	unsigned node;

	if (!has_text(r))
		value = SLICE_NONE;
	node = r->at[--r->depth];
	if (node == NOT_LISTED)
		return;
	if (value.n > 0 && r->form->value != NULL)
		r->form->value(r, node, value);
	tell_node(r, node, value);
	if (r->form->ended != NULL)
		r->form->ended(r, node);
}

static void
on_bytes(void *self, slice bytes)
{
	struct report *r = self;

	r->form->feed(&r->tree, bytes);
}

void
report_open(struct report *r, const struct report_form *form, const struct opener_user *user)
{
	const struct tree_user reader = { r, on_begin, on_text, on_end };

	r->form = form;
	r->facts.user = user;
	buf_init(&r->text, LIMIT_FACT);
	buf_init(&r->list, LIMIT_FACT);
	form->init(&r->tree, &reader);
	unwrap_init(&r->unwrap, r, on_bytes);
}

void
report_feed(void *state, slice in)
{
	struct report *r = state;

	if (!r->tree.done && !r->tree.broken)
		unwrap_feed(&r->unwrap, in);
}

void
report_gap(void *state, uint64_t missing)
{
	struct report *r = state;

	(void)missing;
	r->tree.broken = true;
}

bool
report_close(void *state, bool whole)
{
	struct report *r = state;

	(void)whole;
	unwrap_finish(&r->unwrap);
	buf_fini(&r->text);
	buf_fini(&r->list);
	return r->facts.truncated || (r->unwrap.truncated && !r->tree.done);
}

size_t
report_memory(const void *state)
{
	const struct report *r = state;

	return r->text.cap + r->list.cap + unwrap_memory(&r->unwrap);
}
