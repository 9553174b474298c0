#include "fields.h"

#include "dissectors/mime/header/address.h"
#include "dissectors/mime/header/date.h"
#include "dissectors/mime/header/header.h"
#include "dissectors/mime/header/received.h"
#include "dissectors/mime/header/word.h"

enum form {
	DECODED,	/* text with encoded words undone */
	UNFOLDED,	/* as sent, but for the folds */
	ADDRESSES,
	IDS		/* message ids: References */
};

struct field {
	slice name, key;	/* in the message, in the record */
	enum form form;
	size_t at;		/* offset of the slice, or of the list's pointer */
	size_t count_at;	/* of the list's length */
};

#define NAME(name)  { (const uint8_t *)name, sizeof name - 1 }
#define TEXT(name, form, member)  { NAME(name), NAME(#member), form, offsetof(struct rec_message, member), 0 }
#define LIST(name, member)  \
	{ NAME(name), NAME(#member), ADDRESSES, offsetof(struct rec_message, member), offsetof(struct rec_message, n##member) }

static const struct field fields[] = {
	TEXT("subject", DECODED, subject),
	TEXT("date", UNFOLDED, date),
	TEXT("message-id", UNFOLDED, message_id),
	TEXT("in-reply-to", UNFOLDED, in_reply_to),
	TEXT("user-agent", DECODED, user_agent),
	TEXT("x-mailer", DECODED, user_agent),
	LIST("from", from),
	LIST("to", to),
	LIST("cc", cc),
	LIST("reply-to", reply_to),
	{ NAME("references"), NAME("references"), IDS, offsetof(struct rec_message, reference), offsetof(struct rec_message, nreference) },
};

static const struct field *
field_find(slice name)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (name.n == fields[i].name.n && slice_ieq(name, fields[i].name))
			return &fields[i];
	return NULL;
}

struct address_list {
	struct keeper *keep;
	struct kept_list list;
	struct buf name;
	slice group, kept_group;	/* of the address before: as it stands in the field, and as it is kept */
};

static slice
keep_name(struct address_list *l, slice name)
{
	if (name.n == 0)
		return SLICE_NONE;
	buf_clear(&l->name);
	word_decode(name, &l->name);
	return keep_slice(l->keep, buf_slice(&l->name));
}

/* All members of a group have its name, which may be long: it is kept once. */
static slice
keep_group(struct address_list *l, slice group)
{
	if (group.n == 0)
		return SLICE_NONE;
	if (group.p != l->group.p || group.n != l->group.n) {
		l->group = group;
		l->kept_group = keep_name(l, group);
	}
	return l->kept_group;
}

static void
add_address(void *self, const struct mailbox *m)
{
	struct address_list *l = self;
	struct rec_address *a = keep_add(l->keep, &l->list, sizeof *a, LIMIT_ADDRESSES);

	if (a == NULL)
		return;
	a->group = keep_group(l, m->group);
	if (m->group_only) {
		if (a->group.p == NULL)		/* ":;" has a group all the same */
			a->group = keep_slice(l->keep, S(""));
		return;
	}
	a->name = keep_name(l, m->name);
	a->address = keep_slice(l->keep, m->address);
}

static void
keep_addresses(struct keeper *k, slice unfolded, const struct rec_address **v_r, size_t *n_r)
{
	struct address_list l = { .keep = k };

	buf_init(&l.name, 2 * LIMIT_HEADER);
	address_parse(unfolded, add_address, &l);
	buf_fini(&l.name);
	*v_r = l.list.v;
	*n_r = l.list.n;
}

/* What stands between "<" and ">"; RFC 5322 4.5.4 has other words beside them, which say nothing. */
static void
keep_ids(struct keeper *k, slice unfolded, const slice **v_r, size_t *n_r)
{
	struct kept_list list = { 0 };
	slice rest = unfolded, *id;
	size_t from, to;

	while (slice_find(rest, '<', &from)) {
		rest = slice_drop(rest, from);
		if (!slice_find(rest, '>', &to))
			break;
		id = keep_add(k, &list, sizeof *id, LIMIT_REFERENCES);
		if (id == NULL)
			break;
		*id = keep_slice(k, slice_take(rest, to + 1));
		rest = slice_drop(rest, to + 1);
	}
	*v_r = list.v;
	*n_r = list.n;
}

static void
keep_one(struct keeper *k, slice value, slice *text)
{
	if (text->p == NULL)
		*text = keep_slice(k, value.p ? value : S(""));
}

static void
set_field(struct rec_message *m, struct keeper *k, const struct field *f, slice unfolded, slice decoded)
{
	uint8_t *at = (uint8_t *)m + f->at;

	switch (f->form) {
	case DECODED:
		keep_one(k, decoded, (slice *)(void *)at);
		break;
	case UNFOLDED:
		keep_one(k, unfolded, (slice *)(void *)at);
		break;
	case ADDRESSES:
		if (*(const struct rec_address **)(void *)at == NULL)
			keep_addresses(k, unfolded, (const struct rec_address **)(void *)at,
			    (size_t *)(void *)((uint8_t *)m + f->count_at));
		break;
	case IDS:
		if (m->reference == NULL)
			keep_ids(k, unfolded, &m->reference, &m->nreference);
		break;
	}
}

/* Most values are not folded, and need no copy. */
static slice
unfold(slice value, struct buf *room)
{
	size_t lf;

	if (!slice_find(value, '\n', &lf))
		return value.p ? value : S("");
	buf_init(room, LIMIT_HEADER);
	header_unfold(value, room);
	return room->p ? buf_slice(room) : S("");
}

slice
fields_header(struct rec_message *m, struct keeper *k, const struct ev_header *h)
{
	const struct field *f = field_find(h->name);
	struct buf room = { 0 };
	bool dated = m->date.p != NULL;

	if (f == NULL)
		return SLICE_NONE;
	set_field(m, k, f, unfold(h->value, &room), h->decoded);
	buf_fini(&room);
	if (!dated && m->date.p != NULL && !date_parse(m->date, &m->date_time))
		m->date_time = NSTIME_NONE;
	return f->key;
}

static slice
keep_word(struct keeper *k, slice s)
{
	return s.n > 0 ? keep_slice(k, s) : SLICE_NONE;
}

void
fields_hop(struct rec_message *m, struct keeper *k, struct kept_list *hops, const struct ev_header *h)
{
	struct buf room = { 0 };
	struct received r;
	struct rec_hop *hop;

	if (!slice_ieq(h->name, S("Received")))
		return;
	if (received_parse(unfold(h->value, &room), &r) && (hop = keep_add(k, hops, sizeof *hop, LIMIT_HOPS)) != NULL) {
		*hop = (struct rec_hop){
			.from = keep_word(k, r.from), .from_host = keep_word(k, r.from_host), .from_ip = keep_word(k, r.from_ip),
			.by = keep_word(k, r.by), .with = keep_word(k, r.with), .id = keep_word(k, r.id), .for_ = keep_word(k, r.for_),
			.time = r.time, .delay = NSTIME_NONE,
		};
		m->hop = hops->v;
		m->nhop = hops->n;
	}
	buf_fini(&room);
}

void
fields_delays(struct kept_list *hops)
{
	struct rec_hop *hop = hops->v;

	for (size_t i = 0; i + 1 < hops->n; i++)
		if (hop[i].time >= 0 && hop[i + 1].time >= 0)		/* since 1970: their difference is a number, too */
			hop[i].delay = hop[i].time - hop[i + 1].time;
}

void
fields_keep_raw(struct rec_message *m, struct keeper *k, struct kept_list *list, const struct ev_header *h)
{
	struct pair *p = keep_add(k, list, sizeof *p, LIMIT_HEADERS);
	struct buf room = { 0 };

	if (p == NULL)
		return;
	p->name = keep_slice(k, h->name);
	p->value = keep_slice(k, unfold(h->value, &room));
	buf_fini(&room);
	m->header = list->v;
	m->nheader = list->n;
}
