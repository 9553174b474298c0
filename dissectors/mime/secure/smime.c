/*
 * smime.c - S/MIME (RFC 8551): what a CMS object is, who is named in it, and
 * the message that it holds if it is only signed, or compressed.
 *
 * A stream: the message inside, or the secret text, is of any size. All else
 * (certificates, signers, recipients) is kept, LIMIT_CMS at most, put
 * together again without it, and read by libcrypto (base/crypto_cms.h), which
 * takes a tenth of a millisecond for a certificate: hence the limit.
 *
 * Nothing is verified: "signer" is who is named as one.
 */
#include "base/buf.h"
#include "base/crypto_cms.h"
#include "base/limits.h"
#include "ber.h"
#include "dissectors/mime/archive/deflated.h"
#include "dissectors/mime/content/facts.h"

enum {
	SEQUENCE = 0x30, OBJECT = 0x06, OCTETS = 0x04, OCTETS_IN_PIECES = 0x24,
	CONTEXT_0 = 0xa0, CONTEXT_0_PRIMITIVE = 0x80, CONTEXT_1 = 0xa1,
	OPEN_LENGTH = 0x80, OID_MAX = 64
};

/*
 * What an element is for us (RFC 5652 3, 5.1, 6.1):
 *	OUTER { KIND, [0] { DATA { …, ENCAPSULATED { TYPE, ALGORITHM, [0] CONTENT }, … } } }
 */
enum role { NOTHING, OUTER, KIND, WRAP, DATA, ENCAPSULATED, TYPE, ALGORITHM, CONTENT, KEPT };

struct kind {
	slice oid;
	const char *name;		/* as RFC 8551 3.2.2's smime-type */
	unsigned encapsulated;		/* which SEQUENCE in it holds the content */
};

static const struct kind kinds[] = {
	{ SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), "signed-data", 1 },
	{ SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"), "enveloped-data", 1 },
	{ SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"), "authEnveloped-data", 1 },
	{ SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"), "compressed-data", 2 },
	{ SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"), "encrypted-data", 1 },
	{ SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05"), "digested-data", 2 },
};

enum { SIGNED = 0, COMPRESSED = 3 };		/* places in that table */

struct smime {
	struct facts facts;
	struct ber_stream ber;
	struct buf skeleton;		/* all but the content */
	enum role roles[LIMIT_BER_DEPTH];	/* of the elements that are open */
	unsigned depth;
	const struct kind *kind;
	unsigned sequences;		/* seen in DATA */
	struct buf oid;			/* being read: the kind, the type */
	struct buf algorithm;
	bool detached;			/* no content */
	bool in_file;
	struct deflated deflated;	/* of what is compressed (RFC 3274: by zlib) */
};

static enum role
role_in_outer(const struct smime *s, uint8_t tag)
{
	if (tag == OBJECT && s->kind == NULL)
		return KIND;
	return tag == CONTEXT_0 && s->kind != NULL ? WRAP : NOTHING;
}

static enum role
role_of(struct smime *s, uint8_t tag)
{
	switch (s->depth > 0 ? s->roles[s->depth - 1] : NOTHING) {
	case NOTHING:
		return s->depth == 0 && tag == SEQUENCE ? OUTER : NOTHING;
	case OUTER:
		return role_in_outer(s, tag);
	case WRAP:
		return tag == SEQUENCE ? DATA : NOTHING;
	case DATA:
		if (tag == CONTEXT_1)		/* lists of revoked certificates, which may be long, and nothing that is told */
			return NOTHING;
		return tag == SEQUENCE && ++s->sequences == s->kind->encapsulated ? ENCAPSULATED : KEPT;
	case ENCAPSULATED:
		return tag == OBJECT ? TYPE : tag == SEQUENCE ? ALGORITHM
		    : tag == CONTEXT_0 || tag == CONTEXT_0_PRIMITIVE ? CONTENT : KEPT;
	case CONTENT:
		return tag == OCTETS || tag == OCTETS_IN_PIECES ? CONTENT : NOTHING;
	case ALGORITHM:
		return ALGORITHM;
	case KEPT:
		return KEPT;
	case KIND:
	case TYPE:
		break;
	}
	return NOTHING;
}

/* The way to the content is written anew, its lengths left open, for something will be missing. */
static bool
is_way(enum role role)
{
	return role == OUTER || role == WRAP || role == DATA || role == ENCAPSULATED;
}

static bool
is_kept(enum role role)
{
	return role == KIND || role == TYPE || role == ALGORITHM || role == KEPT;
}

static bool
is_signed(const struct smime *s)
{
	return s->kind == &kinds[SIGNED];
}

static bool
is_compressed(const struct smime *s)
{
	return s->kind == &kinds[COMPRESSED];
}

static void
on_inflated(void *self, slice bytes)
{
	struct smime *s = self;

	s->facts.user->unpack_bytes(s->facts.user->self, bytes);
}

static void
begin_content(struct smime *s)
{
	/* RFC 8551 3.1: what is signed or compressed is a MIME entity, header and all. */
	const struct opener_member inside = { .size = UINT64_MAX, .packed = UINT64_MAX,
	    .content_type = S("message/rfc822") };

	if ((!is_signed(s) && !is_compressed(s)) || s->in_file)
		return;
	s->in_file = true;
	if (is_compressed(s))
		deflated_init(&s->deflated, true, s, on_inflated);
	s->facts.user->unpack_begin(s->facts.user->self, &inside);
}

static bool
on_begin(void *self, const struct ber_element *e)
{
	struct smime *s = self;
	enum role role = role_of(s, e->tag), outer = s->depth > 0 ? s->roles[s->depth - 1] : NOTHING;

	s->roles[s->depth++] = role;
	if (is_way(role)) {
		buf_add_byte(&s->skeleton, e->tag);
		buf_add_byte(&s->skeleton, OPEN_LENGTH);
	} else if (is_kept(role)) {
		buf_add(&s->skeleton, e->header);
	}
	if (role == KIND || role == TYPE)
		buf_clear(&s->oid);
	if (role == ALGORITHM && outer == ENCAPSULATED)
		buf_clear(&s->algorithm);
	if (role == CONTENT && outer == ENCAPSULATED)
		s->detached = false;
	if (role == CONTENT && outer == CONTENT)
		begin_content(s);
	return is_way(role) || role == CONTENT;
}

static void
on_bytes(void *self, slice bytes)
{
	struct smime *s = self;
	enum role role = s->roles[s->depth - 1];

	if (is_kept(role))
		buf_add(&s->skeleton, bytes);
	if (role == KIND || role == TYPE)
		buf_add(&s->oid, bytes);
	if (role == ALGORITHM)
		buf_add(&s->algorithm, bytes);
	if (role == CONTENT && s->in_file && is_compressed(s))
		deflated_feed(&s->deflated, bytes);
	else if (role == CONTENT && s->in_file)
		s->facts.user->unpack_bytes(s->facts.user->self, bytes);
}

static void
find_kind(struct smime *s)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_eq(buf_slice(&s->oid), kinds[i].oid))
			s->kind = &kinds[i];
}

static void
end_file(struct smime *s, bool whole)
{
	if (!s->in_file)
		return;
	s->facts.user->unpack_end(s->facts.user->self, whole && (!is_compressed(s) || deflated_whole(&s->deflated)));
	s->facts.truncated |= s->deflated.truncated;
	deflated_fini(&s->deflated);
	s->in_file = false;
}

static void
on_end(void *self, bool open)
{
	struct smime *s = self;
	enum role role = s->roles[--s->depth], outer = s->depth > 0 ? s->roles[s->depth - 1] : NOTHING;

	if (is_way(role) || (open && is_kept(role)))
		buf_add(&s->skeleton, S("\0\0"));
	if (role == KIND)
		find_kind(s);
	if (role == CONTENT && outer == ENCAPSULATED)
		end_file(s, true);
}

/* An object identifier stands at the front, in two bytes and its value. */
static slice
first_object(slice ber)
{
	if (ber.n < 2 || ber.p[0] != OBJECT || ber.p[1] > OID_MAX)
		return SLICE_NONE;
	return slice_take(slice_drop(ber, 2), ber.p[1]);
}

static void
on_fact(void *self, unsigned group, slice name, slice value)
{
	struct smime *s = self;

	facts_tell(&s->facts, group, name, value);
}

static void
tell_object(struct smime *s, slice name, slice oid)
{
	char text[CMS_NAME];

	facts_tell(&s->facts, 0, name, cms_object_name(oid, text));
}

/* What it is: told first if it can be read, and as far as its beginning says if not. */
static void
on_counts(void *self, const struct cms_counts *n)
{
	struct smime *s = self;
	bool only = is_signed(s) && n->signers == 0 && n->certificates > 0;

	facts_tell(&s->facts, 0, S("smime-type"), slice_of(only ? "certs-only" : s->kind->name));
	if (s->detached && n->signers > 0)
		facts_tell(&s->facts, 0, S("signature"), S("detached"));
	if (s->sequences >= s->kind->encapsulated && !only)
		tell_object(s, S("content_type"), buf_slice(&s->oid));
	tell_object(s, S("content_algorithm"), first_object(buf_slice(&s->algorithm)));
}

static void
tell_all(struct smime *s)
{
	static const struct cms_counts unknown = { .signers = 0 };
	const struct cms_user user = { s, on_counts, on_fact };

	if (!s->ber.done || s->skeleton.full || !cms_read(buf_slice(&s->skeleton), &user))
		on_counts(s, &unknown);
}

/* A ContentInfo begins with its kind, which is one of PKCS #7 or S/MIME (RFC 5652 4 and on). */
static bool
takes(const struct content_about *about, slice head)
{
	static const slice pkcs7 = SLICE("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"),
	    smime = SLICE("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01");
	enum { HEADER_MAX = 10 };

	(void)about;
	if (head.n == 0 || head.p[0] != SEQUENCE)
		return false;
	for (size_t i = 2; i <= HEADER_MAX; i++)
		if (slice_starts(slice_drop(head, i), pkcs7) || slice_starts(slice_drop(head, i), smime))
			return true;
	return false;
}

static void
open_smime(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct smime *s = state;
	const struct ber_user reader = { s, on_begin, on_bytes, on_end };

	(void)about;
	s->facts.user = user;
	s->detached = true;
	ber_init(&s->ber, &reader);
	buf_init(&s->skeleton, LIMIT_CMS);
	buf_init(&s->oid, OID_MAX);
	buf_init(&s->algorithm, OID_MAX + 2);
}

static void
feed(void *state, slice in)
{
	struct smime *s = state;

	ber_feed(&s->ber, in);
}

static void
gap(void *state, uint64_t missing)
{
	struct smime *s = state;

	(void)missing;
	s->ber.broken = true;
}

static bool
close_smime(void *state, bool whole)
{
	struct smime *s = state;
	bool truncated;

	(void)whole;
	end_file(s, false);
	if (s->kind != NULL)
		tell_all(s);
	truncated = s->facts.truncated || s->skeleton.full;
	buf_fini(&s->skeleton);
	buf_fini(&s->oid);
	buf_fini(&s->algorithm);
	return truncated;
}

static size_t
memory(const void *state)
{
	const struct smime *s = state;

	return s->skeleton.cap + s->oid.cap + s->algorithm.cap + deflated_memory(&s->deflated);
}

const struct opener smime_opener = {
	.name = "smime", .unpacks = true,
	.state_size = sizeof(struct smime), .takes = takes, .open = open_smime, .feed = feed, .gap = gap,
	.close = close_smime, .memory = memory,
};
