// What an exception was, for the person: exceptions end a run and never a sample. Any thread.
#pragma once

#include <exception>

#include "io/base/error.hpp"

namespace retort::io {

// errc::disk where it may pass (memory, threads, descriptors, room), errc::unwritable for a file
// that cannot be made where it is to be; anything else is errc::bug, and is called one.
error explain(std::exception_ptr what);

}  // namespace retort::io
