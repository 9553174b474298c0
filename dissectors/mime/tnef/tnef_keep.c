#include "tnef_inside.h"

#include "base/charset.h"

/* The value in UTF-8, without the NUL that ends it. Valid until the next one. */
slice
tnef_text_of(struct tnef *t, slice value, bool unicode)
{
	char label[TNEF_LABEL];
	slice charset = unicode ? S("utf-16le") : tnef_charset(t->codepage != 0 ? t->codepage : TNEF_CODEPAGE, label);
	slice text;

	buf_clear(&t->text);
	charset_to_utf8(charset, value, &t->text);
	text = buf_slice(&t->text);
	while (text.n > 0 && text.p[text.n - 1] == '\0')
		text.n--;
	return text;
}

/* Unicode is better than what was said before in some code page. */
void
tnef_keep(struct tnef *t, enum tnef_fact fact, slice value)
{
	struct buf *kept = &t->fact[fact];
	bool better = t->property != NULL && t->prop.type == TNEF_UNICODE;

	if (value.n == 0 || (kept->n > 0 && !better))
		return;
	buf_clear(kept);
	buf_add(kept, value);
}

void
tnef_keep_time(struct tnef *t, enum tnef_fact fact, nstime time)
{
	char text[NSTIME_TEXT];

	tnef_keep(t, fact, slice_of(nstime_utc(time, 0, text)));
}

/* Files */

static void
count_file(struct tnef *t)
{
	if (++t->files < LIMIT_MEMBERS)
		return;
	t->facts.truncated = true;
	t->broken = true;
}

void
tnef_end_file(struct tnef *t, struct tnef_file *f)
{
	if (f->content || f->known)
		count_file(t);
	tnef_file_end(f);
	tnef_file_forget(f);
}

/* One file at a time: whatever is known of the attachment by now must do. */
void
tnef_begin_body(struct tnef *t, const char *type, slice charset, uint64_t size, unsigned terminator)
{
	tnef_end_file(t, &t->attachment);
	tnef_end_file(t, &t->body);
	buf_text(&t->body.type, type);
	if (charset.n > 0)
		buf_text(&t->body.type, "; charset=");
	buf_add(&t->body.type, charset);
	tnef_file_begin(&t->body, size, terminator, true);
}

void
tnef_body_bytes(struct tnef *t, slice in)
{
	tnef_file_bytes(&t->body, in);
}

void
tnef_end_body(struct tnef *t)
{
	tnef_file_complete(&t->body);
	tnef_end_file(t, &t->body);
}

/* A second content, without a new attachment: the first one is told, the second has the same names. */
void
tnef_begin_content(struct tnef *t, uint32_t size)
{
	tnef_end_file(t, &t->body);
	if (t->attachment.content && t->attachment.size > 0) {
		count_file(t);
		tnef_file_end(&t->attachment);
	}
	tnef_file_begin(&t->attachment, size, 0, false);
}

void
tnef_content_bytes(struct tnef *t, slice in)
{
	tnef_file_bytes(&t->attachment, in);
}

void
tnef_end_content(struct tnef *t)
{
	tnef_file_complete(&t->attachment);
}

/* Small values */

void
tnef_begin_value(struct tnef *t)
{
	buf_clear(&t->value);
}

void
tnef_value_bytes(struct tnef *t, slice in)
{
	buf_add(&t->value, in);
}

slice
tnef_value_text(struct tnef *t)
{
	t->facts.truncated |= t->value.full;
	return tnef_text_of(t, buf_slice(&t->value), t->property != NULL && t->prop.type == TNEF_UNICODE);
}

void
tnef_keep_name(struct tnef *t, struct buf *name)
{
	slice text = tnef_value_text(t);

	/* A file that began without it: its name is a fact, at least. */
	if (t->attachment.begun && name == &t->attachment.name && !slice_eq(text, tnef_file_name(&t->attachment)))
		facts_tell(&t->facts, t->files + 1, S("long_name"), text);
	buf_clear(name);
	buf_add(name, text);
	t->attachment.known |= text.n > 0;
}

void
tnef_end_title(struct tnef *t)
{
	tnef_keep_name(t, &t->attachment.title);
}
