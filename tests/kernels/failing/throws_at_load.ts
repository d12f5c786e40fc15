/** Cannot be loaded, because it throws when it is. */

throw new RangeError("no wind at load");
