#include "tnef_inside.h"

enum { GUID = 16 };

struct tnef_property {
	uint16_t id;
	bool of_attachment;
	void (*begin)(struct tnef *);
	void (*bytes)(struct tnef *, slice);
	void (*end)(struct tnef *);
	enum tnef_fact fact;
};

static void property_begin(void *self, const struct tnef_prop *prop);

static void
property_bytes(void *self, slice in)
{
	struct tnef *t = self;

	if (t->property != NULL)
		t->property->bytes(t, in);
}

static void
property_end(void *self)
{
	struct tnef *t = self;

	if (t->property != NULL)
		t->property->end(t);
	t->property = NULL;
}

void
tnef_begin_props(struct tnef *t)
{
	const struct tnef_props_user user = { t, property_begin, property_bytes, property_end };

	tnef_props_init(&t->props, &user);
}

void
tnef_props_bytes(struct tnef *t, slice in)
{
	tnef_props_feed(&t->props, in);
}

static bool
is_text(const struct tnef_prop *p)
{
	return p->type == TNEF_STRING8 || p->type == TNEF_UNICODE;
}

static void
begin_text(struct tnef *t)
{
	if (is_text(&t->prop))
		tnef_begin_value(t);
	else
		t->property = NULL;
}

static void
end_text(struct tnef *t)
{
	tnef_keep(t, t->property->fact, tnef_value_text(t));
}

static void
begin_time(struct tnef *t)
{
	if (t->prop.type == TNEF_TIME)
		tnef_begin_value(t);
	else
		t->property = NULL;
}

/* Windows counts tenths of microseconds since 1601. */
static void
end_time(struct tnef *t)
{
	enum { TICK = 100 };
	const uint64_t epoch = UINT64_C(116444736000000000);
	struct reader r = reader_of(buf_slice(&t->value));
	uint64_t ticks = read_le64(&r);

	if (ticks >= epoch && ticks - epoch < (uint64_t)INT64_MAX / TICK)
		tnef_keep_time(t, t->property->fact, (nstime)(ticks - epoch) * TICK);
}

static void
begin_text_body(struct tnef *t)
{
	char label[TNEF_LABEL];
	bool unicode = t->prop.type == TNEF_UNICODE;
	slice charset = unicode ? S("utf-16le") : t->codepage != 0 ? tnef_charset(t->codepage, label) : SLICE_NONE;

	if (is_text(&t->prop))
		tnef_begin_body(t, "text/plain", charset, t->prop.size, unicode ? 2 : 1);
	else
		t->property = NULL;
}

static void
begin_html_body(struct tnef *t)
{
	if (t->prop.type == TNEF_BINARY || t->prop.type == TNEF_STRING8)
		tnef_begin_body(t, "text/html", SLICE_NONE, t->prop.size, 0);
	else
		t->property = NULL;
}

static void
on_unwrapped(void *self, slice text)
{
	struct tnef *t = self;

	tnef_file_bytes(&t->body, text);
}

static void
rtf_text(struct tnef *t, slice text)
{
	if (t->html.bytes != NULL)
		tnef_html_feed(&t->html, text);
	else if (text.n > 0)
		tnef_file_bytes(&t->body, text);
}

/* Mail that was written as HTML or as plain text is that, and its RTF a wrapping. */
static void
begin_rtf(struct tnef *t)
{
	static const char *const types[] = { [TNEF_WRAPPED_NOT] = "application/rtf", [TNEF_WRAPPED_HTML] = "text/html",
		[TNEF_WRAPPED_TEXT] = "text/plain" };
	enum tnef_wrapped wrapped = tnef_html_find(buf_slice(&t->rtf_head));

	t->rtf_begun = true;
	tnef_begin_body(t, types[wrapped], wrapped != TNEF_WRAPPED_NOT ? S("utf-8") : SLICE_NONE, UINT64_MAX, 0);
	if (wrapped != TNEF_WRAPPED_NOT)
		tnef_html_init(&t->html, t, on_unwrapped);
	rtf_text(t, buf_slice(&t->rtf_head));
	buf_clear(&t->rtf_head);
}

static void
on_rtf(void *self, slice text)
{
	struct tnef *t = self;
	slice head = SLICE_NONE;

	if (!t->rtf_begun) {
		head = slice_take(text, TNEF_HTML_HEAD - t->rtf_head.n);
		buf_add(&t->rtf_head, head);
		if (t->rtf_head.n == TNEF_HTML_HEAD)
			begin_rtf(t);
	}
	if (t->rtf_begun)
		rtf_text(t, slice_drop(text, head.n));
}

static void
begin_rtf_body(struct tnef *t)
{
	if (t->prop.type != TNEF_BINARY) {
		t->property = NULL;
		return;
	}
	t->rtf_begun = false;
	tnef_rtf_init(&t->rtf, t, on_rtf);
}

static void
rtf_bytes(struct tnef *t, slice in)
{
	tnef_rtf_feed(&t->rtf, in);
}

static void
end_wrapped(struct tnef *t)
{
	if (!t->rtf_begun)
		begin_rtf(t);
	tnef_html_fini(&t->html);
	t->html.bytes = NULL;
}

static void
end_rtf(struct tnef *t)
{
	end_wrapped(t);
	if (t->rtf.done)
		tnef_file_complete(&t->body);
	tnef_end_file(t, &t->body);
}

/* A value that did not end with its attribute, or with the part, is cut. */
void
tnef_end_props(struct tnef *t)
{
	if (t->property != NULL && t->property->end == end_rtf)
		end_wrapped(t);
	if (t->property != NULL && t->body.content)
		tnef_end_file(t, &t->body);
	t->property = NULL;
}

static void
end_display(struct tnef *t)
{
	tnef_keep_name(t, &t->attachment.display);
}

static void
end_long_name(struct tnef *t)
{
	tnef_keep_name(t, &t->attachment.name);
}

static void
end_type(struct tnef *t)
{
	tnef_keep_name(t, &t->attachment.type);
}

static void
end_id(struct tnef *t)
{
	tnef_keep_name(t, &t->attachment.id);
}

/* An object has the name of its kind before its content (MS-OXTNEF 2.1.3.4). */
static void
begin_object(struct tnef *t)
{
	tnef_begin_value(t);
	if (t->prop.type == TNEF_OBJECT && t->prop.size >= GUID) {
		t->guid_left = GUID;
		tnef_begin_content(t, t->prop.size - GUID);
	} else if (t->prop.type == TNEF_BINARY) {
		t->guid_left = 0;
		tnef_begin_content(t, t->prop.size);
	} else {
		t->property = NULL;
	}
}

static void
object_bytes(struct tnef *t, slice in)
{
	/* IID_IMessage: 00020307-0000-0000-C000-000000000046 */
	static const slice message = SLICE("\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
	slice guid = slice_take(in, t->guid_left);

	buf_add(&t->value, guid);
	t->guid_left -= (uint32_t)guid.n;
	if (guid.n > 0 && t->guid_left == 0 && slice_eq(buf_slice(&t->value), message)) {
		buf_clear(&t->attachment.type);
		buf_text(&t->attachment.type, "application/ms-tnef");
	}
	tnef_file_bytes(&t->attachment, slice_drop(in, guid.n));
}

static const struct tnef_property properties[] = {
	{ 0x001a, false, begin_text, tnef_value_bytes, end_text, TNEF_CLASS },
	{ 0x0037, false, begin_text, tnef_value_bytes, end_text, TNEF_SUBJECT },
	{ 0x0039, false, begin_time, tnef_value_bytes, end_time, TNEF_DATE_SENT },
	{ 0x0070, false, begin_text, tnef_value_bytes, end_text, TNEF_TOPIC },
	{ 0x0c1a, false, begin_text, tnef_value_bytes, end_text, TNEF_SENDER_NAME },
	{ 0x5d01, false, begin_text, tnef_value_bytes, end_text, TNEF_SENDER_ADDRESS },
	{ 0x1035, false, begin_text, tnef_value_bytes, end_text, TNEF_MESSAGE_ID },
	{ 0x1000, false, begin_text_body, tnef_body_bytes, tnef_end_body, 0 },
	{ 0x1009, false, begin_rtf_body, rtf_bytes, end_rtf, 0 },
	{ 0x1013, false, begin_html_body, tnef_body_bytes, tnef_end_body, 0 },
	{ 0x3001, true, begin_text, tnef_value_bytes, end_display, 0 },
	{ 0x3701, true, begin_object, object_bytes, tnef_end_content, 0 },
	{ 0x3704, true, begin_text, tnef_value_bytes, tnef_end_title, 0 },
	{ 0x3707, true, begin_text, tnef_value_bytes, end_long_name, 0 },
	{ 0x370e, true, begin_text, tnef_value_bytes, end_type, 0 },
	{ 0x3712, true, begin_text, tnef_value_bytes, end_id, 0 },
};

static void
property_begin(void *self, const struct tnef_prop *prop)
{
	struct tnef *t = self;
	bool of_attachment = t->attribute->end == tnef_end_attachment;

	t->prop = *prop;
	t->property = NULL;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (properties[i].id == prop->id && properties[i].of_attachment == of_attachment)
			t->property = &properties[i];
	if (t->property != NULL)
		t->property->begin(t);
}

/* The properties of an attachment are the last that is said of it. */
void
tnef_end_attachment(struct tnef *t)
{
	tnef_end_props(t);
	if (t->attachment.content)
		tnef_end_file(t, &t->attachment);
}
