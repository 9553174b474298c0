/*
 * order.h - numbers of a file whose byte order is the writer's. The bounds
 * were checked by cursor_need() already.
 */
#ifndef ORDER_H
#define ORDER_H

#include "base/read.h"

static inline uint16_t get_le16(const uint8_t *p) { return (uint16_t)(p[1] << 8 | p[0]); }
static inline uint32_t get_le32(const uint8_t *p) { return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]; }

static inline uint16_t order_u16(bool big, const uint8_t *p) { return big ? get_be16(p) : get_le16(p); }
static inline uint32_t order_u32(bool big, const uint8_t *p) { return big ? get_be32(p) : get_le32(p); }

static inline uint64_t
order_u64(bool big, const uint8_t *p)
{
	uint64_t first = order_u32(big, p), second = order_u32(big, p + 4);

	return big ? first << 32 | second : second << 32 | first;
}

#endif
