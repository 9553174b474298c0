/*
 * idn.h - the one door to libidn2: names of hosts in any script into what the
 * DNS is asked (RFC 5891, UTS #46).
 */
#ifndef IDN_H
#define IDN_H

#include "buf.h"

/* Appends "xn--bcher-kva.example" for "bücher.example". False, and nothing appended: no such name, or built without libidn2. */
bool idn_to_ascii(slice host, struct buf *out);

#endif
