// error: conversion from .creditd::Duration. to non-scalar type .creditd::Timestamp.
#include "core/types.hpp"

creditd::Timestamp wrong = creditd::Duration::seconds(1);
