#include "tnef_props.h"

#include "base/read.h"

enum state { COUNT, TAG, NAME_KIND, NAME_ID, NAME_SIZE, NAME, VALUES, SIZE, VALUE, PAD };

enum { SEVERAL = 0x1000, NAMED = 0x8000, KIND_ID = 0, KIND_STRING = 1, VARIABLE = -1, UNKNOWN = -2 };

/* Bytes that a value takes, before it is filled to four (MS-OXTNEF 2.1.3.4: fixed types are given without a length). */
static int
size_of(unsigned type)
{
	static const struct { uint16_t type; int8_t size; } known[] = {
		{ 0x0002, 2 }, { TNEF_LONG, 4 }, { 0x0004, 4 }, { 0x0005, 8 }, { 0x0006, 8 }, { 0x0007, 8 }, { 0x000a, 4 },
		{ 0x000b, 2 }, { TNEF_OBJECT, VARIABLE }, { 0x0014, 8 }, { TNEF_STRING8, VARIABLE }, { TNEF_UNICODE, VARIABLE },
		{ TNEF_TIME, 8 }, { 0x0048, 16 }, { TNEF_BINARY, VARIABLE },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].type == type)
			return known[i].size;
	return UNKNOWN;
}

/* Bytes that each state waits for; 0: it takes what comes. */
static const uint8_t wants[] = {
	[COUNT] = 4, [TAG] = 4, [NAME_KIND] = 20, [NAME_ID] = 4, [NAME_SIZE] = 4, [NAME] = 0, [VALUES] = 4, [SIZE] = 4, [VALUE] = 0,
	[PAD] = 0,
};

static uint8_t
padding(uint32_t size)
{
	return (uint8_t)(-size & 3);
}

static void
next_prop(struct tnef_props *p)
{
	p->state = TAG;
	p->done = p->props == 0;
}

static void
begin_value(struct tnef_props *p, uint32_t size)
{
	p->prop.size = p->left = size;
	p->pad = padding(size);
	p->state = VALUE;
	p->user.begin(p->user.self, &p->prop);
}

/* The next of this property, or the next property. */
static void
next_value(struct tnef_props *p)
{
	int size = size_of(p->prop.type);

	if (p->values == 0) {
		next_prop(p);
	} else if (size == VARIABLE) {
		p->values--;
		p->state = SIZE;
	} else {
		p->values--;
		begin_value(p, (uint32_t)size);
	}
}

static void
begin_values(struct tnef_props *p)
{
	if (p->several || size_of(p->prop.type) == VARIABLE) {
		p->state = VALUES;
		return;
	}
	p->values = 1;
	next_value(p);
}

static void
read_tag(struct tnef_props *p, struct reader *r)
{
	unsigned type = read_le16(r);

	p->props--;
	p->prop.id = read_le16(r);
	p->prop.type = (uint16_t)(type & ~(unsigned)SEVERAL);
	p->several = (type & SEVERAL) != 0;
	if (size_of(p->prop.type) == UNKNOWN)
		p->broken = true;
	else if (p->prop.id >= NAMED)
		p->state = NAME_KIND;
	else
		begin_values(p);
}

static void
read_name_kind(struct tnef_props *p, struct reader *r)
{
	uint32_t kind;

	read_skip(r, 16);
	kind = read_le32(r);
	if (kind == KIND_ID)
		p->state = NAME_ID;
	else if (kind == KIND_STRING)
		p->state = NAME_SIZE;
	else
		p->broken = true;
}

static void
read_number(struct tnef_props *p)
{
	struct reader r = reader_of((slice){ p->held, p->nheld });

	p->nheld = 0;
	switch ((enum state)p->state) {
	case COUNT:
		p->props = read_le32(&r);
		next_prop(p);
		break;
	case TAG:
		read_tag(p, &r);
		break;
	case NAME_KIND:
		read_name_kind(p, &r);
		break;
	case NAME_ID:
		begin_values(p);
		break;
	case NAME_SIZE:
		p->left = read_le32(&r);
		p->pad = padding(p->left);
		p->state = NAME;
		break;
	case VALUES:
		p->values = read_le32(&r);
		next_value(p);
		break;
	case SIZE:
		begin_value(p, read_le32(&r));
		break;
	case NAME:
	case VALUE:
	case PAD:
		break;
	}
}

static slice
take_number(struct tnef_props *p, slice in)
{
	slice more = slice_take(in, (size_t)(wants[p->state] - p->nheld));

	memcpy(p->held + p->nheld, more.p, more.n);
	p->nheld = (uint8_t)(p->nheld + more.n);
	if (p->nheld == wants[p->state])
		read_number(p);
	return slice_drop(in, more.n);
}

static slice
take_value(struct tnef_props *p, slice in)
{
	slice piece = slice_take(in, p->left);

	if (piece.n > 0)
		p->user.bytes(p->user.self, piece);
	p->left -= (uint32_t)piece.n;
	if (p->left == 0) {
		p->user.end(p->user.self);
		p->state = PAD;
	}
	return slice_drop(in, piece.n);
}

static slice
take_name(struct tnef_props *p, slice in)
{
	slice piece = slice_take(in, p->left);

	p->left -= (uint32_t)piece.n;
	in = slice_drop(in, piece.n);
	if (p->left > 0)
		return in;
	piece = slice_take(in, p->pad);
	p->pad = (uint8_t)(p->pad - piece.n);
	if (p->pad == 0)
		begin_values(p);
	return slice_drop(in, piece.n);
}

static slice
take_padding(struct tnef_props *p, slice in)
{
	slice piece = slice_take(in, p->pad);

	p->pad = (uint8_t)(p->pad - piece.n);
	if (p->pad == 0)
		next_value(p);
	return slice_drop(in, piece.n);
}

/* Does a state wait that has all it wants? An empty value, no padding: these must not wait for a byte that may not come. */
static bool
is_ready(const struct tnef_props *p)
{
	return (p->state == VALUE && p->left == 0) || (p->state == PAD && p->pad == 0)
	    || (p->state == NAME && p->left == 0 && p->pad == 0);
}

static slice
take(struct tnef_props *p, slice in)
{
	if (wants[p->state] > 0)
		return take_number(p, in);
	if (p->state == VALUE)
		return take_value(p, in);
	return p->state == NAME ? take_name(p, in) : take_padding(p, in);
}

void
tnef_props_init(struct tnef_props *p, const struct tnef_props_user *user)
{
	*p = (struct tnef_props){ .user = *user, .state = COUNT };
}

void
tnef_props_feed(struct tnef_props *p, slice in)
{
	while ((in.n > 0 || is_ready(p)) && !p->broken && !p->done)
		in = take(p, in);
}
