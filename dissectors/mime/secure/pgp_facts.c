#include "pgp_facts.h"

#include "base/crypto.h"
#include "base/read.h"

enum { ID = 8, FINGERPRINT_MAX = 32, BATCH_MAX = 16 };

struct name { unsigned number; const char *name; };

/* RFC 9580 9.1 */
static const struct name key_algorithms[] = {
	{ 1, "RSA" }, { 2, "RSA" }, { 3, "RSA" }, { 16, "Elgamal" }, { 17, "DSA" }, { 18, "ECDH" }, { 19, "ECDSA" }, { 22, "EdDSA" },
	{ 25, "X25519" }, { 26, "X448" }, { 27, "Ed25519" }, { 28, "Ed448" }, { 0, NULL }
};

/* RFC 9580 9.3 */
static const struct name ciphers[] = {
	{ 1, "IDEA" }, { 2, "TripleDES" }, { 3, "CAST5" }, { 4, "Blowfish" }, { 7, "AES-128" }, { 8, "AES-192" }, { 9, "AES-256" },
	{ 10, "Twofish" }, { 11, "Camellia-128" }, { 12, "Camellia-192" }, { 13, "Camellia-256" }, { 0, NULL }
};

/* RFC 9580 9.5 */
static const struct name hashes[] = {
	{ 1, "MD5" }, { 2, "SHA-1" }, { 3, "RIPEMD-160" }, { 8, "SHA-256" }, { 9, "SHA-384" }, { 10, "SHA-512" }, { 11, "SHA-224" },
	{ 12, "SHA3-256" }, { 14, "SHA3-512" }, { 0, NULL }
};

/* RFC 9580 5.2.1: those of messages. Those of keys are not told, for there may be thousands. */
static const struct name signature_types[] = {
	{ 0x00, "binary document" }, { 0x01, "text document" }, { 0x02, "standalone" }, { 0x40, "timestamp" }, { 0x50, "confirmation" },
	{ 0, NULL }
};

static const struct name compressions[] = { { 0, "none" }, { 1, "ZIP" }, { 2, "ZLIB" }, { 3, "BZip2" }, { 0, NULL } };

static const char *
find(const struct name *names, unsigned number)
{
	for (; names->name != NULL; names++)
		if (names->number == number)
			return names->name;
	return NULL;
}

/* What has no name is told by its number. */
static void
tell_named(struct facts *f, unsigned group, slice what, const struct name *names, unsigned number)
{
	const char *name = find(names, number);

	if (name != NULL)
		facts_tell(f, group, what, slice_of(name));
	else
		facts_number(f, group, what, number);
}

/* Upper case, as gpg(1) writes it. */
static void
tell_hex(struct facts *f, unsigned group, slice what, slice bytes)
{
	char text[2 * FINGERPRINT_MAX + 1];

	bytes = slice_take(bytes, FINGERPRINT_MAX);
	hex_encode(bytes, text);
	for (size_t i = 0; i < 2 * bytes.n; i++)
		text[i] = (char)char_upper((uint8_t)text[i]);
	facts_tell(f, group, what, (slice){ (const uint8_t *)text, 2 * bytes.n });
}

static void
tell_time(struct facts *f, unsigned group, slice what, uint32_t seconds)
{
	facts_time(f, group, what, (nstime)seconds * NSTIME_S);
}

/* RFC 9580 5.1: version 3 names a key by its ID, 6 by its fingerprint. An ID of zeros: the recipient is hidden. */
static bool
tell_recipient(struct facts *f, unsigned group, slice body)
{
	struct reader r = reader_of(body);
	unsigned version = read_u8(&r);
	slice key;

	if (version == 3) {
		key = read_bytes(&r, ID);
		tell_hex(f, group, S("recipient_key_id"), key);
	} else if (version == 6) {
		slice named = read_bytes(&r, read_u8(&r));

		key = slice_drop(named, 1);
		tell_hex(f, group, S("recipient_fingerprint"), key);
	} else {
		return false;
	}
	if (r.rest.n > 0)
		tell_named(f, group, S("key_algorithm"), key_algorithms, r.rest.p[0]);
	return true;
}

/* RFC 9580 5.3 */
static bool
tell_password(struct facts *f, unsigned group, slice body)
{
	if (body.n < 2 || (body.p[0] != 4 && body.p[0] != 5))
		return false;
	facts_tell(f, group, S("recipient"), S("password"));
	tell_named(f, group, S("cipher"), ciphers, body.p[1]);
	return true;
}

/* RFC 9580 5.2.3.7: the length as that of packets, but not partial. */
static slice
read_subpacket(struct reader *r)
{
	uint32_t length = read_u8(r);

	if (length == 255)
		length = read_be32(r);
	else if (length >= 192)
		length = ((length - 192) << 8) + read_u8(r) + 192;
	return read_bytes(r, length);
}

enum { SIGNATURE_TIME = 2, EXPIRATION = 3, ISSUER = 16, SIGNER_USER_ID = 28, ISSUER_FINGERPRINT = 33, CRITICAL = 0x80 };

static void
tell_subpacket(struct facts *f, unsigned group, unsigned type, slice body, bool hashed)
{
	struct reader r = reader_of(body);

	if (type == SIGNATURE_TIME && body.n == 4 && hashed)
		tell_time(f, group, S("signature_time"), read_be32(&r));
	else if (type == EXPIRATION && body.n == 4 && hashed)
		facts_number(f, group, S("expires_after_seconds"), read_be32(&r));
	else if (type == ISSUER && body.n == ID)
		tell_hex(f, group, S("issuer_key_id"), body);
	else if (type == ISSUER_FINGERPRINT && body.n > 1)
		tell_hex(f, group, S("issuer_fingerprint"), slice_drop(body, 1));
	else if (type == SIGNER_USER_ID && hashed)
		facts_tell(f, group, S("signer_user_id"), body);
}

static void
tell_subpackets(struct facts *f, unsigned group, slice area, bool hashed)
{
	struct reader r = reader_of(area);

	while (r.rest.n > 0) {
		slice s = read_subpacket(&r);

		if (r.short_of || s.n == 0)
			return;
		tell_subpacket(f, group, s.p[0] & ~(unsigned)CRITICAL, slice_drop(s, 1), hashed);
	}
}

static bool
tell_signature_head(struct facts *f, unsigned group, unsigned type, unsigned key, unsigned hash)
{
	if (find(signature_types, type) == NULL)
		return false;
	tell_named(f, group, S("signature_type"), signature_types, type);
	tell_named(f, group, S("key_algorithm"), key_algorithms, key);
	tell_named(f, group, S("hash_algorithm"), hashes, hash);
	return true;
}

/* RFC 9580 5.2.2 */
static bool
tell_old_signature(struct facts *f, unsigned group, struct reader *r)
{
	unsigned type, key;
	uint32_t time;
	slice id;

	read_skip(r, 1);
	type = read_u8(r);
	time = read_be32(r);
	id = read_bytes(r, ID);
	key = read_u8(r);
	if (r->short_of || r->rest.n == 0 || !tell_signature_head(f, group, type, key, r->rest.p[0]))
		return false;
	tell_time(f, group, S("signature_time"), time);
	tell_hex(f, group, S("issuer_key_id"), id);
	return true;
}

/* RFC 9580 5.2.3: areas of what is signed too, and of what is not; version 6 has longer lengths. */
static bool
tell_signature(struct facts *f, unsigned group, slice body)
{
	struct reader r = reader_of(body);
	unsigned version = read_u8(&r), type, key, hash;
	slice hashed, other;

	if (version == 3)
		return tell_old_signature(f, group, &r);
	if (version < 4 || version > 6)
		return false;
	type = read_u8(&r);
	key = read_u8(&r);
	hash = read_u8(&r);
	hashed = read_bytes(&r, version == 6 ? read_be32(&r) : read_be16(&r));
	other = read_bytes(&r, version == 6 ? read_be32(&r) : read_be16(&r));
	if (r.short_of || !tell_signature_head(f, group, type, key, hash))
		return false;
	tell_subpackets(f, group, hashed, true);
	tell_subpackets(f, group, other, false);
	return true;
}

/* RFC 9580 5.5.4: of the public packet, whole, behind a byte and its length. */
static void
tell_fingerprint(struct facts *f, unsigned group, unsigned version, slice body)
{
	uint8_t digest[SHA256_SIZE];
	struct buf text;

	buf_init(&text, LIMIT_PGP_BODY + 5);
	buf_add_byte(&text, version == 4 ? 0x99 : 0x9b);
	if (version == 6) {
		buf_add_byte(&text, 0);
		buf_add_byte(&text, 0);
	}
	buf_add_byte(&text, (uint8_t)(body.n >> 8));
	buf_add_byte(&text, (uint8_t)body.n);
	buf_add(&text, body);
	if (version == 4)
		crypto_sha1(buf_slice(&text), digest);
	else
		crypto_sha256(buf_slice(&text), digest);
	tell_hex(f, group, S("fingerprint"), (slice){ digest, version == 4 ? SHA1_SIZE : SHA256_SIZE });
	tell_hex(f, group, S("key_id"), (slice){ version == 4 ? digest + SHA1_SIZE - ID : digest, ID });
	buf_fini(&text);
}

/* RFC 9580 5.5.2 */
static bool
tell_key(struct facts *f, unsigned group, const struct pgp_packet *p)
{
	static const char *const kinds[] = {
		[PGP_PUBLIC_KEY] = "public key", [PGP_PUBLIC_SUBKEY] = "public subkey", [PGP_SECRET_KEY] = "secret key",
		[PGP_SECRET_SUBKEY] = "secret subkey",
	};
	struct reader r = reader_of(p->body);
	unsigned version = read_u8(&r);
	uint32_t time = read_be32(&r);

	if (r.rest.n == 0 || (version != 4 && version != 6))
		return false;
	facts_tell(f, group, S("key"), slice_of(kinds[p->tag]));
	tell_named(f, group, S("key_algorithm"), key_algorithms, r.rest.p[0]);
	tell_time(f, group, S("key_time"), time);
	if (p->whole && (p->tag == PGP_PUBLIC_KEY || p->tag == PGP_PUBLIC_SUBKEY))
		tell_fingerprint(f, group, version, p->body);
	return true;
}

/* RFC 9580 5.7, 5.13 */
static bool
tell_encrypted(struct facts *f, unsigned group, const struct pgp_packet *p)
{
	bool aead = p->tag == PGP_ENCRYPTED_AEAD || (p->body.n > 1 && p->body.p[0] == 2);

	facts_tell(f, group, S("integrity"), p->tag == PGP_ENCRYPTED ? S("none") : aead ? S("AEAD") : S("MDC"));
	if (aead && p->body.n > 1 && p->tag != PGP_ENCRYPTED)
		tell_named(f, group, S("cipher"), ciphers, p->body.p[1]);
	return true;
}

/* RFC 9580 5.9 */
static bool
tell_literal(struct facts *f, unsigned group, slice body)
{
	struct reader r = reader_of(body);
	slice name;
	uint32_t time;

	read_skip(&r, 1);
	name = read_bytes(&r, read_u8(&r));
	time = read_be32(&r);
	if (r.short_of)
		return false;
	facts_tell(f, group, S("file_name"), name);
	if (time != 0)
		tell_time(f, group, S("file_time"), time);
	return name.n > 0 || time != 0;
}

bool
pgp_facts_tell(struct facts *f, unsigned group, const struct pgp_packet *p)
{
	switch (p->tag) {
	case PGP_PKESK:
		return tell_recipient(f, group, p->body);
	case PGP_SKESK:
		return tell_password(f, group, p->body);
	case PGP_SIGNATURE:
		return tell_signature(f, group, p->body);
	case PGP_PUBLIC_KEY:
	case PGP_PUBLIC_SUBKEY:
	case PGP_SECRET_KEY:
	case PGP_SECRET_SUBKEY:
		return tell_key(f, group, p);
	case PGP_USER_ID:
		facts_tell(f, group, S("user_id"), p->body);
		return p->body.n > 0;
	case PGP_ENCRYPTED:
	case PGP_ENCRYPTED_INTEGRITY:
	case PGP_ENCRYPTED_AEAD:
		return tell_encrypted(f, group, p);
	case PGP_COMPRESSED:
		tell_named(f, group, S("compression"), compressions, p->body.n > 0 ? p->body.p[0] : 0);
		return true;
	case PGP_LITERAL:
		return tell_literal(f, group, p->body);
	case PGP_ONE_PASS:
		break;
	}
	return false;
}

const char *
pgp_facts_kind(enum pgp_tag tag)
{
	switch (tag) {
	case PGP_PKESK:
	case PGP_SKESK:
	case PGP_ENCRYPTED:
	case PGP_ENCRYPTED_INTEGRITY:
	case PGP_ENCRYPTED_AEAD:
		return "encrypted message";
	case PGP_SIGNATURE:
		return "signature";
	case PGP_ONE_PASS:
		return "signed message";
	case PGP_PUBLIC_KEY:
		return "public key";
	case PGP_SECRET_KEY:
		return "secret key";
	case PGP_COMPRESSED:
		return "compressed message";
	case PGP_LITERAL:
		return "message in clear";
	default:
		return NULL;
	}
}
