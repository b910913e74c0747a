// What a failed system call on a file comes to. Any thread.
#pragma once

#include <cerrno>

#include "io/base/error.hpp"

namespace retort::io {

// Room that may be made, a device that may work again, descriptors and memory that may be given
// back: the same call may succeed later. Otherwise somebody has to change something.
inline bool may_pass(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EFBIG:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case EAGAIN:
    case ESTALE:
    case ENOLCK:
    case ETIMEDOUT: return true;
    default: return false;
  }
}

// errc::disk when it may pass, else `otherwise`.
inline errc disk_code(int number, errc otherwise) {
  return may_pass(number) ? errc::disk : otherwise;
}

}  // namespace retort::io
