// As io/base/precompiled.hpp, with the test framework.
#pragma once

#include "io/base/precompiled.hpp"

#include <doctest/doctest.h>
