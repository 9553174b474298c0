#include "tnef_inside.h"

static void
end_class(struct tnef *t)
{
	tnef_keep(t, TNEF_CLASS, tnef_value_text(t));
}

static void
end_subject(struct tnef *t)
{
	tnef_keep(t, TNEF_SUBJECT, tnef_value_text(t));
}

static void
end_codepage(struct tnef *t)
{
	struct reader r = reader_of(buf_slice(&t->value));

	t->codepage = read_le32(&r);
}

/* MS-OXTNEF 2.1.3.3.1: two lengths, the name and "SMTP:address", each with a NUL. */
static void
end_from(struct tnef *t)
{
	struct reader r = reader_of(buf_slice(&t->value));
	size_t name, address;
	slice where;

	read_skip(&r, 4);
	name = read_le16(&r);
	address = read_le16(&r);
	tnef_keep(t, TNEF_SENDER_NAME, tnef_text_of(t, read_bytes(&r, name), false));
	where = tnef_text_of(t, read_bytes(&r, address), false);
	tnef_keep(t, TNEF_SENDER_ADDRESS, slice_istarts(where, S("SMTP:")) ? slice_drop(where, 5) : where);
}

static bool
is_date(const struct civil *c)
{
	return c->year >= 1900 && c->year < 2262 && c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= 31
	    && c->hour < 24 && c->minute < 60 && c->second <= 60;
}

static void
end_date(struct tnef *t)
{
	struct reader r = reader_of(buf_slice(&t->value));
	struct civil c = { .year = read_le16(&r) };

	c.month = read_le16(&r);
	c.day = read_le16(&r);
	c.hour = read_le16(&r);
	c.minute = read_le16(&r);
	c.second = read_le16(&r);
	if (!r.short_of && is_date(&c))
		tnef_keep_time(t, TNEF_DATE_SENT, nstime_from_civil(c));
}

static void
begin_plain_body(struct tnef *t)
{
	char label[TNEF_LABEL];

	tnef_begin_body(t, "text/plain", t->codepage != 0 ? tnef_charset(t->codepage, label) : SLICE_NONE, t->left, 1);
}

static void
begin_attachment(struct tnef *t)
{
	tnef_end_file(t, &t->attachment);
}

static void
begin_data(struct tnef *t)
{
	tnef_begin_content(t, t->left);
}

static const struct tnef_attribute attributes[] = {
	{ 0x00078008, "attMessageClass", tnef_begin_value, tnef_value_bytes, end_class },
	{ 0x00018004, "attSubject", tnef_begin_value, tnef_value_bytes, end_subject },
	{ 0x00069007, "attOemCodepage", tnef_begin_value, tnef_value_bytes, end_codepage },
	{ 0x00008000, "attFrom", tnef_begin_value, tnef_value_bytes, end_from },
	{ 0x00038005, "attDateSent", tnef_begin_value, tnef_value_bytes, end_date },
	{ 0x0002800c, "attBody", begin_plain_body, tnef_body_bytes, tnef_end_body },
	{ 0x00069003, "attMsgProps", tnef_begin_props, tnef_props_bytes, tnef_end_props },
	{ 0x00069002, "attAttachRenddata", begin_attachment, NULL, NULL },
	{ 0x00018010, "attAttachTitle", tnef_begin_value, tnef_value_bytes, tnef_end_title },
	{ 0x0006800f, "attAttachData", begin_data, tnef_content_bytes, tnef_end_content },
	{ 0x00069005, "attAttachment", tnef_begin_props, tnef_props_bytes, tnef_end_attachment },
};

const struct tnef_attribute *
tnef_attribute_find(uint32_t tag)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (attributes[i].tag == tag)
			return &attributes[i];
	return NULL;
}
