// error: conversion from .creditd::Money. to non-scalar type .creditd::Credits.
#include "core/credits.hpp"
#include "core/types.hpp"

creditd::Credits wrong = creditd::Money{};
