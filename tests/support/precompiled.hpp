// As io/precompiled.hpp, with the test framework.
#pragma once

#include "io/precompiled.hpp"

#include <doctest/doctest.h>
