#include "crypto_cms.h"

#include <limits.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "nstime.h"

/* OpenSSL's lists are macros of this kind; each of them is walked once. */
#define EACH(i, kind, list)  (int i = 0; i < sk_##kind##_num(list); i++)

struct telling {
	const struct cms_user *user;
	unsigned group;
};

static void
tell(const struct telling *t, const char *name, slice value)
{
	if (value.n > 0)
		t->user->fact(t->user->self, t->group, slice_of(name), value);
}

static void
tell_name(const struct telling *t, const char *what, const X509_NAME *name)
{
	/* RFC 2253's order and escapes, but characters as they are. */
	const unsigned long how = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	BIO *out = BIO_new(BIO_s_mem());
	char *text;
	long n;

	if (out == NULL)
		return;
	if (name != NULL && X509_NAME_print_ex(out, name, 0, how) > 0) {
		n = BIO_get_mem_data(out, &text);
		tell(t, what, (slice){ (const uint8_t *)text, n > 0 ? (size_t)n : 0 });
	}
	BIO_free(out);
}

static void
tell_bytes(const struct telling *t, const char *what, const ASN1_OCTET_STRING *bytes)
{
	char *text = bytes ? OPENSSL_buf2hexstr(ASN1_STRING_get0_data(bytes), ASN1_STRING_length(bytes)) : NULL;

	if (text != NULL)
		tell(t, what, slice_of(text));
	OPENSSL_free(text);
}

/* As openssl(1) writes serial numbers: hexadecimal, upper case. */
static void
tell_serial(const struct telling *t, const char *what, const ASN1_INTEGER *serial)
{
	BIGNUM *number = serial ? ASN1_INTEGER_to_BN(serial, NULL) : NULL;
	char *text = number ? BN_bn2hex(number) : NULL;

	if (text != NULL)
		tell(t, what, slice_of(text));
	OPENSSL_free(text);
	BN_free(number);
}

static void
tell_time(const struct telling *t, const char *what, const ASN1_TIME *time)
{
	char text[NSTIME_TEXT];
	struct civil c;
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		return;
	c = (struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec };
	if (c.year >= 1900 && c.year < 2262)	/* what nstime holds */
		tell(t, what, slice_of(nstime_utc(nstime_from_civil(c), 0, text)));
}

static void
tell_object(const struct telling *t, const char *what, const ASN1_OBJECT *object)
{
	char text[CMS_NAME];

	if (object != NULL && OBJ_obj2txt(text, sizeof text, object, 0) > 0)
		tell(t, what, slice_of(text));
}

static void
tell_algorithm(const struct telling *t, const char *what, const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object = NULL;

	if (algorithm == NULL)
		return;
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	tell_object(t, what, object);
}

static void
tell_signing_time(const struct telling *t, CMS_SignerInfo *signer)
{
	int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attribute = at < 0 ? NULL : CMS_signed_get_attr(signer, at);
	ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;

	if (value != NULL && (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME))
		tell_time(t, "signing_time", value->value.asn1_string);
}

static void
tell_signer(const struct telling *t, CMS_SignerInfo *signer)
{
	ASN1_OCTET_STRING *key = NULL;
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_ALGOR *digest = NULL, *signature = NULL;

	if (CMS_SignerInfo_get0_signer_id(signer, &key, &issuer, &serial) == 1) {
		tell_name(t, "signer_issuer", issuer);
		tell_serial(t, "signer_serial", serial);
		tell_bytes(t, "signer_key_id", key);
	}
	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &signature);
	tell_algorithm(t, "digest_algorithm", digest);
	tell_algorithm(t, "signature_algorithm", signature);
	tell_signing_time(t, signer);
}

static void
tell_transport(const struct telling *t, CMS_RecipientInfo *recipient)
{
	ASN1_OCTET_STRING *key = NULL;
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_ALGOR *algorithm = NULL;

	if (CMS_RecipientInfo_ktri_get0_signer_id(recipient, &key, &issuer, &serial) == 1) {
		tell_name(t, "recipient_issuer", issuer);
		tell_serial(t, "recipient_serial", serial);
		tell_bytes(t, "recipient_key_id", key);
	}
	if (CMS_RecipientInfo_ktri_get0_algs(recipient, NULL, NULL, &algorithm) == 1)
		tell_algorithm(t, "key_algorithm", algorithm);
}

/* One key agreement may be for several. */
static void
tell_agreement(const struct telling *t, CMS_RecipientInfo *recipient)
{
	STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_kari_get0_reks(recipient);
	X509_ALGOR *algorithm = NULL;

	for EACH(i, CMS_RecipientEncryptedKey, keys) {
		ASN1_OCTET_STRING *key = NULL;
		X509_NAME *issuer = NULL;
		ASN1_INTEGER *serial = NULL;

		if (CMS_RecipientEncryptedKey_get0_id(sk_CMS_RecipientEncryptedKey_value(keys, i), &key, NULL, NULL, &issuer, &serial) != 1)
			continue;
		tell_name(t, "recipient_issuer", issuer);
		tell_serial(t, "recipient_serial", serial);
		tell_bytes(t, "recipient_key_id", key);
	}
	if (CMS_RecipientInfo_kari_get0_alg(recipient, &algorithm, NULL) == 1)
		tell_algorithm(t, "key_algorithm", algorithm);
}

static void
tell_recipient(const struct telling *t, CMS_RecipientInfo *recipient)
{
	switch (CMS_RecipientInfo_type(recipient)) {
	case CMS_RECIPINFO_TRANS:
		tell_transport(t, recipient);
		break;
	case CMS_RECIPINFO_AGREE:
		tell_agreement(t, recipient);
		break;
	case CMS_RECIPINFO_PASS:
		tell(t, "recipient", S("password"));
		break;
	case CMS_RECIPINFO_KEK:
		tell(t, "recipient", S("shared key"));
		break;
	}
}

static void
tell_certificate(const struct telling *t, X509 *certificate)
{
	STACK_OF(OPENSSL_STRING) *addresses = X509_get1_email(certificate);

	tell_name(t, "certificate_subject", X509_get_subject_name(certificate));
	tell_name(t, "certificate_issuer", X509_get_issuer_name(certificate));
	tell_serial(t, "certificate_serial", X509_get0_serialNumber(certificate));
	for EACH(i, OPENSSL_STRING, addresses)
		tell(t, "certificate_email", slice_of(sk_OPENSSL_STRING_value(addresses, i)));
	tell_time(t, "certificate_not_before", X509_get0_notBefore(certificate));
	tell_time(t, "certificate_not_after", X509_get0_notAfter(certificate));
	X509_email_free(addresses);
}

static void
count(const struct telling *t, int signers, int recipients, int certificates)
{
	const struct cms_counts counts = { signers > 0 ? (unsigned)signers : 0, recipients > 0 ? (unsigned)recipients : 0,
	    certificates > 0 ? (unsigned)certificates : 0 };

	t->user->counts(t->user->self, &counts);
}

static void
tell_signed(struct telling *t, CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
	STACK_OF(X509) *certificates = CMS_get1_certs(cms);

	count(t, sk_CMS_SignerInfo_num(signers), 0, sk_X509_num(certificates));
	for EACH(i, CMS_SignerInfo, signers) {
		t->group++;
		tell_signer(t, sk_CMS_SignerInfo_value(signers, i));
	}
	for EACH(i, X509, certificates) {
		t->group++;
		tell_certificate(t, sk_X509_value(certificates, i));
	}
	sk_X509_pop_free(certificates, X509_free);
}

static void
tell_enveloped(struct telling *t, CMS_ContentInfo *cms)
{
	STACK_OF(CMS_RecipientInfo) *recipients = CMS_get0_RecipientInfos(cms);

	count(t, 0, sk_CMS_RecipientInfo_num(recipients), 0);
	for EACH(i, CMS_RecipientInfo, recipients) {
		t->group++;
		tell_recipient(t, sk_CMS_RecipientInfo_value(recipients, i));
	}
}

bool
cms_read(slice ber, const struct cms_user *user)
{
	struct telling t = { user, 0 };
	const unsigned char *at = ber.p;
	CMS_ContentInfo *cms;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if (ber.n > LONG_MAX || (cms = d2i_CMS_ContentInfo(NULL, &at, (long)ber.n)) == NULL) {
		ERR_clear_error();
		return false;
	}
	switch (OBJ_obj2nid(CMS_get0_type(cms))) {
	case NID_pkcs7_signed:
		tell_signed(&t, cms);
		break;
	case NID_pkcs7_enveloped:
	case NID_id_smime_ct_authEnvelopedData:
		tell_enveloped(&t, cms);
		break;
	default:
		count(&t, 0, 0, 0);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return true;
}

slice
cms_object_name(slice oid, char text[CMS_NAME])
{
	enum { TAG = 0x06, LENGTH_MAX = 64 };
	uint8_t der[2 + LENGTH_MAX] = { TAG, (uint8_t)oid.n };
	const unsigned char *at = der;
	ASN1_OBJECT *object;
	slice name = SLICE_NONE;

	if (oid.n == 0 || oid.n > LENGTH_MAX)
		return name;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	memcpy(der + 2, oid.p, oid.n);
	object = d2i_ASN1_OBJECT(NULL, &at, (long)oid.n + 2);
	if (object != NULL && OBJ_obj2txt(text, CMS_NAME, object, 0) > 0)
		name = slice_of(text);
	ASN1_OBJECT_free(object);
	ERR_clear_error();
	return name;
}
